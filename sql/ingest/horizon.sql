-- How far a pass reads, and from where: never back, and again what overlaps.
SELECT
    greatest(@clock - @lag, @reached)::text,
    (@reached - @overlap)::text
