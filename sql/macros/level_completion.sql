-- Completion rate of a level: actual / required where more is better, not below 0; where less is
-- better 1 at or under the level, else required / actual.
-- Null: an argument is null, or more is better and 0 is required. Source: method.md §3.3.
create or replace macro level_completion(actual, required, higher_is_better) as
case
    when actual is null or required is null then null
    when higher_is_better then greatest(actual, 0) / nullif(required, 0)
    when round(actual - required, 6) <= 0 then 1::double
    else greatest(required, 0) / nullif(actual, 0)
end;
