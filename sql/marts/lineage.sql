-- One row: one received figure that one indicator value of the last period rests on.
with parts as (
    select * from intermediate.int_lineage_parts
),

indicators as (
    select * from reference.indicators
),

observed as (
    select * from intermediate.int_observed_values
),

windows as (
    select * from intermediate.int_windows
),

observations as (
    select * from staging.stg_observations
),

snapshots as (
    select * from landing.snapshots
),

findings as (
    select
        unit_code,
        indicator_code,
        period,
        string_agg(distinct rule, ' ' order by rule) as rules
    from staging.stg_findings
    where unit_code is not null and indicator_code is not null and period is not null
    group by unit_code, indicator_code, period
),

-- The window of each component: its last month, the length of its figures, and its first month.
component_windows as (
    select
        parts.*,
        observed.value as component_value,
        windows.window_end,
        windows.span_months,
        case
            when indicators.formula_kind is not null then windows.window_end
            when indicators.window_kind = 'point' or indicators.aggregation = 'last'
                then windows.window_end
            when indicators.window_kind = 'trailing_12m' then windows.window_end - 11
            else windows.window_end // 12 * 12
        end as window_start
    from parts
    inner join indicators on parts.component_code = indicators.indicator_code
    inner join observed
        on
            parts.unit_code = observed.unit_code
            and parts.component_code = observed.indicator_code
            and parts.component_period = observed.period
    inner join windows
        on
            observed.unit_code = windows.unit_code
            and observed.indicator_code = windows.indicator_code
            and observed.window_end = windows.window_end
)

select
    component_windows.unit_code,
    component_windows.indicator_code,
    component_windows.period,
    component_windows.part,
    component_windows.component_code,
    component_windows.component_value,
    observations.period as figure_period,
    observations.value as figure_value,
    observations.status,
    observations.source_id,
    snapshots.publisher,
    snapshots.file,
    observations.location,
    observations.snapshot,
    observations.received_at,
    findings.rules as findings
from component_windows
inner join observations
    on
        component_windows.unit_code = observations.unit_code
        and component_windows.component_code = observations.indicator_code
        and component_windows.span_months = observations.span_months
        and observations.last_month
        between component_windows.window_start and component_windows.window_end
left join snapshots on observations.snapshot = snapshots.sha256
left join findings
    on
        component_windows.unit_code = findings.unit_code
        and component_windows.component_code = findings.indicator_code
        and observations.period = findings.period
order by
    component_windows.unit_code,
    component_windows.period,
    component_windows.indicator_code,
    component_windows.part,
    component_windows.component_code,
    observations.last_month
