-- Completion rate of a decline, actual / required, both in percent; a rise gives a negative rate.
-- Required ≤ 0 allows growth of that size: 1 within it, else 1 less the excess as a share of what
-- is allowed (of one percentage point where nothing is allowed), not below 0.
-- Null: an argument is null. Source: method.md §3.3, built on R1 and R4.
create or replace macro decline_completion(actual, required) as
case
    when actual is null or required is null then null
    when required > 0 then actual / required
    when round(actual - required, 6) >= 0 then 1::double
    else
        greatest(
            0::double,
            1 - (required - actual) / case when required = 0 then 1 else -required end
        )
end;
