-- Decline required by now on a straight path: total · elapsed / planned, in the scale of total;
-- held at total after the last year.
-- Null: an argument is null, nothing has elapsed, or planned is 0.
-- Source: method.md §3.2, rulings 4.
create or replace macro linear_path(total, elapsed, planned) as
case
    when elapsed > 0 and planned <> 0
        then least(1::double, elapsed::double / planned) * total::double
end;
