import { Type } from "@sinclair/typebox";
import type { DescribedRoute, Replies, Who } from "./route.ts";

const Failure = Type.Object({
	id: Type.Optional(Type.String({ description: "Of the device, when the path held one." })),
	state: Type.Literal("error"),
	reason: Type.String(),
});

/** An error in the contract's shape. @param fields Header fields that come with it. */
export function failure(description: string, ...fields: string[]) {
	return { description, schema: Failure, ...(fields.length > 0 && { fields }) };
}

const UNREADABLE = "the path or the Host header is malformed";
const FOREIGN_PAGE = "a page of another origin, while logins are off";
const LOGIN_FAILURES: Replies = {
	401: failure("a login is missing or wrong", "WWW-Authenticate"),
	403: failure("the login is not enough; or a web page of another origin asks"),
	429: failure("too many failed logins", "Retry-After"),
};

const BY_WHO: Readonly<Record<Who, Replies>> = {
	"any-page": {},
	anyone: { 403: failure(FOREIGN_PAGE) },
	form: { 403: failure("the form was not sent from a page of this server") },
	local: { 403: failure("the key of the command line on this machine is missing") },
	account: LOGIN_FAILURES,
	broker: {
		401: failure("the broker's key is missing or wrong", "WWW-Authenticate"),
		429: failure("too many wrong keys from this address", "Retry-After"),
	},
	device: { 401: failure("the device's login is missing or wrong", "WWW-Authenticate") },
	registrar: LOGIN_FAILURES,
	owner: LOGIN_FAILURES,
	admin: LOGIN_FAILURES,
};

const BY_BODY: Replies = {
	400: failure(`${UNREADABLE}; or there is no usable body`),
	408: failure("the body did not arrive in time"),
	413: failure("the body is too long"),
	415: failure("the body has a Content-Encoding"),
	503: failure("too many large bodies at once; or it cannot be stored now"),
};

/** What can be answered besides what the route itself says, by who may use it and whether it has a body. */
export function impliedReplies({ who, body }: DescribedRoute): Replies {
	return {
		400: failure(UNREADABLE),
		...BY_WHO[who],
		...(body !== undefined && BY_BODY),
	};
}
