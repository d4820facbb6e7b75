-- What Django has noted itself stays.

delete from django_migrations where applied = '2026-01-31 12:00:00Z';

do $$
begin
    if not exists (select from django_migrations) then
        drop table django_migrations;
    end if;
end
$$;
