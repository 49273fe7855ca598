// Apart from the schemas: settings are read by servers without projects, too.
/** Members of a crowd, whatever `max-seats` in `[gui]` says. */
export const MAX_SEATS = 200;
