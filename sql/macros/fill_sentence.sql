-- A gate's sentence with its placeholders {item}, {required}, {actual}, {rate} (in percent) and
-- {event} filled in; declines have two digits, rates one.
create or replace macro fill_sentence(sentence, item, required, actual, rate, event) as
replace(
    replace(
        replace(
            replace(
                replace(sentence, '{item}', item),
                '{required}', printf('%.2f', required)
            ),
            '{actual}', printf('%.2f', actual)
        ),
        '{rate}', printf('%.1f', 100 * rate)
    ),
    '{event}', event
);
