-- Score 0–100 of x between fixed goalposts: 100 · (x − worst) / (best − worst), held at 0 and 100;
-- worst may lie above best. Null: an argument is null or NaN, or the goalposts coincide.
-- Source: method.md §2.6 and §7.2 (UNDP HDR 2020; COINr).
create or replace macro goalpost_score(x, worst, best) as
case
    when
        coalesce(isnan((x::double - worst) / nullif(best::double - worst, 0)), true)
        then null
    when (x::double - worst) / nullif(best::double - worst, 0) <= 0 then 0::double
    when (x::double - worst) / nullif(best::double - worst, 0) >= 1 then 100::double
    else 100 * (x::double - worst) / nullif(best::double - worst, 0)
end;
