-- Cumulative decline of a list of yearly declines, all as shares: 1 − Π (1 − d); not their sum.
-- Null: the list is null, empty, or has a null inside. Source: method.md §3.3.
create or replace macro compounded_decline(declines) as
case
    when declines is not null and len(declines) > 0 and list_count(declines) = len(declines)
        then 1 - list_product(list_transform(declines, lambda decline: 1 - decline::double))
end;
