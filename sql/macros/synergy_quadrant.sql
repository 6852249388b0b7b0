-- Quadrant of two reduction rates (.05 is a fall by 5 %): I both fall, III both rise,
-- II pollution falls and carbon rises, IV carbon falls and pollution rises;
-- axis when a rate, rounded to 6 digits, is under .001. Null: a rate is null, NaN or infinite.
-- Source: method.md §2.4, rulings 8.
create or replace macro synergy_quadrant(reduction_pollution, reduction_carbon) as
case
    when
        not coalesce(
            isfinite(reduction_pollution::double) and isfinite(reduction_carbon::double),
            false
        )
        then null
    when
        round(
            least(abs(reduction_pollution::double), abs(reduction_carbon::double)), 6
        ) < 0.001::double
        then 'axis'
    when reduction_pollution > 0 and reduction_carbon > 0 then 'I'
    when reduction_pollution > 0 then 'II'
    when reduction_carbon < 0 then 'III'
    else 'IV'
end;
