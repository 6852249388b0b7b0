-- One row: one section of the assessment (考核) of one unit in one evaluated period.
with sections as (
    select * from intermediate.int_assessment_sections
),

grid as (
    select * from intermediate.int_grid
)

select
    grid.unit_code,
    grid.period,
    sections.section_code,
    sections.state,
    case when sections.state = 'assessed' then sections.points end as points,
    sections.points_nominal,
    sections.coverage
from sections
inner join grid on sections.grid_order = grid.grid_order
order by grid.grid_order, sections.section_order
