-- Bonus for more than 100 %: points for every full step above it, at most `most` points in all.
-- The excess is rounded to 6 digits before, so that a rate of exactly 1.2 earns two steps of .1.
-- Null: the rate is null or NaN.
-- Source: 国发〔2007〕36号 (method.md §3.1 R4), rulings 11.
create or replace macro overfulfilment_bonus(completion_rate, step, points, most) as
case
    when coalesce(isnan(completion_rate::double), true) then null
    when completion_rate <= 1 then 0::double
    else
        least(
            most::double,
            points::double * floor(round((completion_rate::double - 1) / step, 6))
        )
end;
