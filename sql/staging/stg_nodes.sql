-- One row: one node of the index with the share of each level's weight that it carries.
with nodes as (
    select * from reference.nodes
),

parents as (
    select
        node_code,
        level
    from reference.nodes
)

select
    nodes.node_code,
    nodes.parent_code,
    nodes.level,
    nodes.weight,
    nodes.aggregation,
    nodes.takes,
    parents.level as parent_level
from nodes
left join parents on nodes.parent_code = parents.node_code
