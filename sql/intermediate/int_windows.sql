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

rolled as (
    select
        observations.unit_code,
        observations.indicator_code,
        observations.series_order,
        observations.period,
        observations.last_month,
        observations.span_months,
        observations.value,
        -- A figure published for a derived indicator stands for itself.
        case
            when indicators.formula_kind is null then indicators.window_kind else 'point'
        end as window_kind,
        indicators.aggregation,
        indicators.carry_months,
        sum(observations.value) over twelve_months as twelve_month_sum,
        sum(observations.span_months) over twelve_months as twelve_month_span,
        count(*) over twelve_months as twelve_month_count,
        sum(observations.value) over year_to_date as year_to_date_sum,
        sum(observations.span_months) over year_to_date as year_to_date_span,
        count(*) over year_to_date as year_to_date_count
    from observations
    inner join indicators on observations.indicator_code = indicators.indicator_code
    window
        twelve_months as (
            partition by
                observations.series_order,
                observations.span_months
            order by observations.last_month
            range between 11 preceding and current row
        ),
        year_to_date as (
            partition by
                observations.series_order,
                observations.span_months,
                observations.last_month // 12
            order by observations.last_month
            range between 11 preceding and current row
        )
),

measured as (
    select
        unit_code,
        indicator_code,
        series_order,
        period as value_period,
        last_month as window_end,
        span_months,
        aggregation,
        window_kind,
        carry_months,
        case
            when window_kind = 'point' or aggregation = 'last' then value
            when window_kind = 'trailing_12m' and aggregation = 'sum' then twelve_month_sum
            when window_kind = 'trailing_12m' then twelve_month_sum / twelve_month_count
            when aggregation = 'sum' then year_to_date_sum
            else year_to_date_sum / year_to_date_count
        end as value,
        case
            when window_kind = 'point' or aggregation = 'last' then 1.0
            when window_kind = 'trailing_12m' then twelve_month_span / 12.0
            else year_to_date_span / (last_month % 12 + 1.0)
        end as observed_share
    from rolled
),

sufficient as (
    select
        measured.*,
        min(measured.span_months) over (
            by_end range between current row and current row
        ) as finest_span,
        min(measured.window_end) over (
            by_end range between 1 following and unbounded following
        ) as next_end
    from measured
    cross join parameters
    where
        measured.observed_share >= case
            when measured.aggregation = 'sum' and measured.window_kind <> 'point' then 1.0
            else parameters.window_availability
        end - 1e-9
    window
        by_end as (partition by measured.series_order order by measured.window_end)
)

select
    unit_code,
    indicator_code,
    value_period,
    window_end,
    span_months,
    value,
    observed_share,
    -- A value serves until a newer one takes over or it is too old to stand for the present.
    least(
        window_end + carry_months, coalesce(next_end - 1, window_end + carry_months)
    ) as serves_until
from sufficient
-- Figures of finer periods describe the window better than one of a longer period.
where span_months = finest_span
