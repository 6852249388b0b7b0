-- One row: one indicator of one unit as it stands in one evaluated period, from figures received.
with grid as (
    select * from intermediate.int_grid
),

windows as (
    select * from intermediate.int_windows
),

indicators as (
    select * from reference.indicators
),

unit_indicators as (
    select distinct
        unit_code,
        indicator_code
    from windows
),

asked as (
    select
        grid.unit_code,
        unit_indicators.indicator_code,
        grid.period,
        grid.month_number
    from grid
    inner join unit_indicators on grid.unit_code = unit_indicators.unit_code
),

nearest as (
    select
        asked.unit_code,
        asked.indicator_code,
        asked.period,
        windows.value,
        windows.value_period,
        windows.window_end,
        asked.month_number - windows.window_end as age_months
    from asked
    asof inner join windows
        on
            asked.unit_code = windows.unit_code
            and asked.indicator_code = windows.indicator_code
            and asked.month_number >= windows.window_end
)

select
    nearest.unit_code,
    nearest.indicator_code,
    nearest.period,
    nearest.value,
    nearest.value_period,
    nearest.window_end,
    nearest.age_months
from nearest
inner join indicators on nearest.indicator_code = indicators.indicator_code
where nearest.age_months <= indicators.carry_months
order by nearest.unit_code, nearest.indicator_code, nearest.period
