-- One row: one expectation of the first gate as evaluated in this run.
with checks as (
    select * from landing.checks
)

select
    gate,
    expectation,
    indicator_code,
    severity,
    description_zh,
    description_en,
    evaluated,
    failed,
    success
from checks
order by all
