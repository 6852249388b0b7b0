-- Effect of one factor x on a product v of factors, additive LMDI-I: L(v_now, v_before) ·
-- ln(x_now / x_before); the effects of all factors add up to v_now − v_before.
-- Limits: a product that is 0 twice has no effect; where it is 0 once, the factor that is 0 there
-- takes the whole change and the others none.
-- Null: an argument is null or NaN. Error: one is negative, or a factor of a positive product is 0.
-- Source: Ang 2005, Energy Policy 33:867–871; limits: Wood & Lenzen 2006, 34:1326–1331.
-- What is refused fails as a cast of its sentence: error() is volatile, which windows refuse.
create or replace macro lmdi_effect(v_before, v_now, x_before, x_now) as
case
    when coalesce(isnan(v_before::double + v_now + x_before + x_now), true) then null
    when
        least(v_before, v_now, x_before, x_now) < 0
        or (v_before > 0 and x_before = 0)
        or (v_now > 0 and x_now = 0)
        then
            (
                'lmdi_effect takes amounts of at least 0 and factors of their product, got '
                || concat_ws(' and ', v_before, v_now, x_before, x_now)
            )::double
    when v_before = 0 and v_now = 0 then 0::double
    when v_before = 0 then case when x_before = 0 then v_now::double else 0::double end
    when v_now = 0 then case when x_now = 0 then -v_before::double else 0::double end
    else log_mean(v_now, v_before) * ln(x_now::double / x_before)
end;
