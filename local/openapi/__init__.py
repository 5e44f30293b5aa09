"""The API's document as a file that is checked in, and what a change of it would break."""
