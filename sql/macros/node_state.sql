-- Whether a node can be assessed: every part (struct with state) must be;
-- without any part it is not_applicable.
create or replace macro node_state(parts) as
case
    when parts is null or len(parts) = 0 then 'not_applicable'
    when len(list_filter(parts, lambda part: part.state <> 'assessed')) = 0
        then 'assessed'
    else 'not_assessable'
end;
