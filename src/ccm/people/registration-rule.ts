/** `[gui] registration`. */
export type RegistrationMode = "auto" | "open" | "code" | "closed";

/** How a server is reached. */
export interface Reach {
	/** Whether `bind` is this machine only. */
	readonly isLocal: boolean;
	/** `[core] allowed-origins`. */
	readonly allowedOrigins: string;
}

/** What a request says of where it comes from. */
export interface Source {
	/** Whether its `Host` is a name of this server. */
	readonly isOwnHost: boolean;
	/** The Origin of a page that is not trusted; undefined for programs and the machine's own pages. */
	readonly foreignOrigin: string | undefined;
	/** Whether a proxy says that it passed it on. */
	readonly isForwarded: boolean;
}

/** Header fields by which a proxy says so. */
export const FORWARDED = /^(?:forwarded$|x-forwarded-)/;

/**
 * Who may make an account by a request. `auto` is open to this machine alone: behind a proxy every request would seem
 * to come from it.
 */
export function registrationBy(
	mode: RegistrationMode,
	{ isLocal, allowedOrigins }: Reach,
	{ isOwnHost, foreignOrigin, isForwarded }: Source,
): Exclude<RegistrationMode, "auto"> {
	if (mode !== "auto") return mode;
	const isOfThisMachine = isLocal && allowedOrigins.trim() === "" && isOwnHost && !isForwarded;
	return isOfThisMachine && foreignOrigin === undefined ? "open" : "closed";
}
