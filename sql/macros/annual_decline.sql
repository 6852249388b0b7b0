-- Decline over one year from two cumulative declines since the same base, all as shares:
-- 1 − (1 − now) / (1 − before). The inverse of compounding.
-- Null: an argument is null, or nothing was left before. Source: method.md §3.3.
create or replace macro annual_decline(cumulative_now, cumulative_before) as
1 - (1 - cumulative_now) / nullif(1 - cumulative_before, 0);
