-- One row: one problem found while reading or at the first gate; critical: the figure was refused.
with findings as (
    select * from staging.stg_findings
)

select
    rule,
    severity,
    unit_code,
    indicator_code,
    period,
    value,
    reference,
    file,
    location,
    snapshot,
    source_id,
    message_zh,
    message_en,
    status,
    explanation_zh,
    explanation_en,
    explained_by_zh,
    explained_by_en,
    explained_on
from findings
order by all
