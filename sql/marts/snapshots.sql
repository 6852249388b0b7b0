-- One row: one file as received by as_of, known by the sha256 of its bytes.
with snapshots as (
    select * from landing.snapshots
),

run as (
    select * from reference.run
)

select
    snapshots.sha256,
    snapshots.file,
    snapshots.source_id,
    snapshots.publisher,
    snapshots.address,
    snapshots.licence,
    snapshots.received_at,
    snapshots.size
from snapshots
cross join run
where snapshots.received_at <= run.as_of
order by snapshots.file, snapshots.sha256
