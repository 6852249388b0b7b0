-- One row: one indicator of one unit in one evaluated period: its value, or why there is none.
with grid as (
    select * from intermediate.int_grid
),

indicators as (
    select * from reference.indicators
),

applicability as (
    select * from reference.applicability
),

observed as (
    select * from intermediate.int_observed_values
),

reporting as (
    select * from intermediate.int_reporting
),

computed as (
    select *
    from intermediate.int_sums
    union all by name
    select *
    from intermediate.int_ratios
    union all by name
    select *
    from intermediate.int_declines
),

-- A figure published for a derived indicator serves only where its formula has no result.
received as (
    select
        observed.*,
        case when indicators.role = 'reported' then 'reported' else 'published' end as method
    from observed
    inner join indicators on observed.indicator_code = indicators.indicator_code
    left join computed
        on
            observed.unit_code = computed.unit_code
            and observed.indicator_code = computed.indicator_code
            and observed.period = computed.period
    where computed.value is null
),

known as (
    select
        *,
        'computed' as method
    from computed
    union all by name
    select *
    from received
    union all by name
    select
        reporting.unit_code,
        indicators.indicator_code,
        reporting.period,
        reporting.value,
        reporting.period as value_period,
        reporting.month_number as window_end,
        0 as age_months,
        'system' as method
    from reporting
    inner join indicators on reporting.measure = indicators.system_measure
),

known_cells as (
    select
        grid.grid_order * 100000 + indicators.indicator_order as cell_order,
        known.value,
        known.value_period,
        known.window_end,
        known.age_months,
        known.method
    from known
    inner join grid on known.unit_code = grid.unit_code and known.period = grid.period
    inner join indicators on known.indicator_code = indicators.indicator_code
),

cells as (
    select
        grid.unit_code,
        grid.grid_order,
        grid.period,
        grid.sequence,
        indicators.indicator_code,
        grid.grid_order * 100000 + indicators.indicator_order as cell_order,
        applicability.unit_code is not null as is_applicable
    from grid
    cross join indicators
    left join applicability
        on
            grid.unit_code = applicability.unit_code
            and indicators.indicator_code = applicability.indicator_code
)

select
    cells.unit_code,
    cells.grid_order,
    cells.period,
    cells.sequence,
    cells.indicator_code,
    cells.cell_order,
    case
        when known_cells.value is not null then 'observed'
        when cells.is_applicable then 'missing'
        else 'not_applicable'
    end::enum('observed', 'missing', 'not_applicable') as state,
    known_cells.value,
    known_cells.value_period,
    known_cells.window_end,
    known_cells.age_months,
    known_cells.method::enum('computed', 'reported', 'published', 'system') as method
from cells
left join known_cells on cells.cell_order = known_cells.cell_order
