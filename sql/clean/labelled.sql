-- What the folders of an object say of its records, in place of the macro that adds nothing.
create or replace temp macro labelled(fields) as json_merge_patch(@labels::json, fields);
