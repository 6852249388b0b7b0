-- One row: one unit in one evaluated period in which the unit exists.
with units as (
    select * from reference.units
),

periods as (
    select * from reference.periods
)

select
    units.unit_code,
    -- One number that sorts by unit and then by period, and joins faster than two words.
    units.unit_order * 100000::bigint + periods.sequence as grid_order,
    units.kind,
    units.peer_group,
    units.is_ranked,
    periods.period,
    periods.sequence,
    periods.month_number,
    periods.year
from units
inner join periods
    on
        (units.valid_from is null or periods.last_day >= units.valid_from)
        and (units.valid_to is null or periods.last_day <= units.valid_to)
