-- One row: the synergy degree (协同度) of one unit in one evaluated period.
with grid as (
    select * from intermediate.int_grid
),

synergy as (
    select * from intermediate.int_synergy
),

parameters as (
    select * from reference.parameters
),

placed as (
    select
        synergy.*,
        grid.sequence,
        grid.kind,
        grid.peer_group,
        round(synergy.d_modified, parameters.rounding_digits) as rounded_degree,
        grid.is_ranked and synergy.state = 'assessed' as takes_part
    from synergy
    inner join grid
        on synergy.unit_code = grid.unit_code and synergy.period = grid.period
    cross join parameters
),

ranked as (
    select
        placed.*,
        case when takes_part then rank() over everybody end as rank,
        case when takes_part and peer_group is not null then rank() over peers end
            as group_rank,
        case when takes_part then count(*) over all_of_kind end as ranked_units,
        case when takes_part and peer_group is not null then count(*) over all_peers end
            as group_units
    from placed
    window
        everybody as (
            partition by period, kind, takes_part
            order by rounded_degree desc
        ),
        peers as (
            partition by period, kind, takes_part, peer_group
            order by rounded_degree desc
        ),
        all_of_kind as (partition by period, kind, takes_part),
        all_peers as (partition by period, kind, takes_part, peer_group)
)

select
    unit_code,
    period,
    state,
    reason,
    p_score,
    k_score,
    c_standard,
    c_modified,
    t,
    d_standard,
    d_modified,
    coordination_band(d_modified) as band,
    lag_type(p_score, k_score) as lag_type,
    rank,
    group_rank,
    ranked_units,
    group_units
from ranked
order by unit_code, sequence
