-- Whether the window of a period may be compared with that of its base period: against the year
-- before it ends exactly twelve months later; against the base year, the window of the base is the
-- one that ends with that year, and the other ends later. Figures that were carried do neither.
-- Null: a window is not known. Source: rulings 3.
create or replace macro windows_compare(base_kind, window_end, base_end, base_month) as
case
    when base_kind = 'previous_year' then window_end - base_end = 12
    when base_kind = 'base_year'
        then base_end = base_month and window_end > base_end
    else false
end;
