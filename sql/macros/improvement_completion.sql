-- Completion rate of an improvement from a base: (actual − base) / (required − base), either
-- direction; where nothing is to improve 1 if it is not worse than the base, else 0.
-- Null: an argument is null. Source: method.md §3.3.
create or replace macro improvement_completion(actual, base, required, higher_is_better) as
case
    when actual is null or base is null or required is null then null
    when round(required - base, 6) <> 0 then (actual - base) / (required - base)
    when round(case when higher_is_better then actual - base else base - actual end, 6) >= 0
        then 1::double
    else 0::double
end;
