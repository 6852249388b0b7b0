-- One row: one file as received by as_of, known by the sha256 of its bytes.
with snapshots as (
    select * from landing.snapshots
)

select
    sha256,
    file,
    source_id,
    publisher,
    address,
    licence,
    received_at,
    size
from snapshots
order by file, sha256
