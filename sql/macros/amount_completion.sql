-- Completion rate of an amount: done / assigned, not below 0.
-- Null: an argument is null or nothing was assigned. Source: method.md §3.3.
create or replace macro amount_completion(done, assigned) as
case when done is not null then greatest(done, 0) / nullif(assigned, 0) end;
