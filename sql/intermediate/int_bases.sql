-- One row: one explained period of one unit with one earlier period that it is compared with.
with grid as (
    select * from intermediate.int_grid
),

periods as (
    select * from reference.periods
),

bases as (
    select
        later.period,
        'previous_period' as base_kind,
        earlier.period as base_period
    from periods as later
    inner join periods as earlier on later.sequence = earlier.sequence + 1
    union all by name
    select
        period,
        'previous_year' as base_kind,
        previous_year_period as base_period
    from periods
    where previous_year_period is not null
    union all by name
    select
        later.period,
        'base_year' as base_kind,
        earlier.period as base_period
    from periods as later
    inner join periods as earlier
        on later.base_year_period = earlier.period and later.sequence > earlier.sequence
)

select
    now.unit_code,
    now.period,
    now.sequence,
    now.grid_order,
    bases.base_kind,
    base.period as base_period,
    base.grid_order as base_grid_order,
    base.month_number as base_month_number
from grid as now
inner join bases on now.period = bases.period
inner join grid as base
    on now.unit_code = base.unit_code and bases.base_period = base.period
where now.period in (select period from reference.explained_periods)
