-- One row: one figure as known at as_of, the newest of its vintages, with where it came from.
with observations as (
    select * from staging.stg_observations
)

select
    unit_code,
    indicator_code,
    period,
    value,
    origin,
    status,
    source_id,
    snapshot,
    location,
    received_at,
    source_note
from observations
order by series_order, last_month, span_months
