-- Share of a target that is due after so many years: in proportion to time within each stretch
-- {start, start_share, finish, share} between two milestones, held after the last.
-- Null: an argument is null or nothing has elapsed. Source: 环发〔2014〕107号 (method.md §3.1 R5).
create or replace macro milestone_share(elapsed, stretches) as
case
    when elapsed > 0
        then
            list_max(
                list_transform(
                    list_filter(stretches, lambda stretch: elapsed > stretch.start),
                    lambda stretch:
                    stretch.start_share
                    + (stretch.share - stretch.start_share)
                    * least(1, (elapsed - stretch.start) / (stretch.finish - stretch.start))
                )
            )
end;
