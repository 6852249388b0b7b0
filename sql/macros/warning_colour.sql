-- Warning colour of a completion rate: ≥ 1 green, [.9, 1) yellow, (.5, .9) orange, ≤ .5 red.
-- Null: the rate is null or NaN. Source: method.md §3.1 R10.
create or replace macro warning_colour(completion_rate) as
case
    when completion_rate is null or isnan(completion_rate::double) then null
    when round(completion_rate, 6) >= 1 then 'green'
    when round(completion_rate, 6) >= 0.9 then 'yellow'
    when round(completion_rate, 6) > 0.5 then 'orange'
    else 'red'
end;
