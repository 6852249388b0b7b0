-- One row: one reported indicator of one unit over the window that ends at one month.
with observations as (
    select * from staging.stg_observations
),

indicators as (
    select * from reference.indicators
),

parameters as (
    select * from reference.parameters
),

figures as (
    select
        observations.unit_code,
        observations.indicator_code,
        observations.series_order,
        observations.period as value_period,
        observations.last_month as window_end,
        observations.span_months,
        observations.value,
        indicators.aggregation,
        indicators.carry_months,
        -- A stock stands for itself, and so does a figure published for a derived indicator.
        case
            when indicators.aggregation = 'last' or indicators.formula_kind is not null then 'point'
            else indicators.window_kind
        end as window_kind
    from observations
    inner join indicators on observations.indicator_code = indicators.indicator_code
),

totals as (
    select
        *,
        sum(value) over twelve_months as total,
        count(*) over twelve_months as figures_observed,
        12 as window_months
    from figures
    where window_kind = 'trailing_12m'
    window
        twelve_months as (
            partition by series_order, span_months
            order by window_end
            range between 11 preceding and current row
        )
    union all by name
    select
        *,
        sum(value) over year_to_date as total,
        count(*) over year_to_date as figures_observed,
        window_end % 12 + 1 as window_months
    from figures
    where window_kind = 'ytd'
    window
        year_to_date as (
            partition by series_order, span_months, window_end // 12
            order by window_end
            range between 11 preceding and current row
        )
),

measured as (
    select
        unit_code,
        indicator_code,
        series_order,
        value_period,
        window_end,
        span_months,
        carry_months,
        case when aggregation = 'sum' then total else total / figures_observed end as value,
        figures_observed * span_months / window_months::double as observed_share,
        aggregation = 'sum' as must_be_whole
    from totals
    union all by name
    select
        unit_code,
        indicator_code,
        series_order,
        value_period,
        window_end,
        span_months,
        carry_months,
        value,
        1.0 as observed_share,
        false as must_be_whole
    from figures
    where window_kind = 'point'
),

sufficient as (
    select measured.*
    from measured
    cross join parameters
    where
        measured.observed_share
        >= case when measured.must_be_whole then 1.0 else parameters.window_availability end - 1e-9
),

-- Figures of finer periods describe the window better than one of a longer period.
finest as (
    select
        series_order,
        window_end,
        min(span_months) as span_months
    from sufficient
    group by series_order, window_end
)

select
    sufficient.unit_code,
    sufficient.indicator_code,
    sufficient.value_period,
    sufficient.window_end,
    sufficient.span_months,
    sufficient.value,
    sufficient.observed_share,
    -- A value serves until a newer one takes over or it is too old to stand for the present.
    least(
        sufficient.window_end + sufficient.carry_months,
        lead(sufficient.window_end) over (
            partition by sufficient.series_order order by sufficient.window_end
        ) - 1
    ) as serves_until
from sufficient
inner join finest
    on
        sufficient.series_order = finest.series_order
        and sufficient.window_end = finest.window_end
        and sufficient.span_months = finest.span_months
