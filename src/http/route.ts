import type { TObject, TSchema } from "@sinclair/typebox";
import type { Account } from "../auth/mod.ts";
import type { Visitor } from "./access.ts";
import type { AccountLogins } from "./account-logins.ts";
import type { Body, FormFields } from "./body.ts";
import type { Call } from "./call.ts";

/** Who may use a route; what is not the same for all things behind it, its module decides in `admit`. */
export type Who =
	/** Everyone, pages of other origins included. */
	| "any-page"
	/** Everyone, except pages of other origins while logins are off. */
	| "anyone"
	/**
	 * Everyone, as the person whose account it is: by the session of a page, or by name and password (`Basic`), also while
	 * logins are off; the command line on this machine by its key, as an administrator without an account. What changes something only from a page of ours, or from a program.
	 */
	| "account"
	/** A form in a page of ours. */
	| "form"
	/** The command line on this machine, by the key in the run file, whether logins are on or off. */
	| "local"
	/**
	 * The device whose id is in the path, by the password of its registration: `Basic`, or a cookie where no page of
	 * another origin asks. A caller without it is anonymous, and refused by the route.
	 */
	| "device"
	/** Another program's broker, by the key it has in common with this server; the route checks it. */
	| "broker"
	/** A registration token, or the login of the owner. */
	| "registrar"
	/** The login of the owner, or an admin's. */
	| "owner"
	/** An admin, also by the session of a page; what changes something only from a page of ours. */
	| "admin";

/** `ANY`: every method that the other routes of the path do not have. */
export type Method = "GET" | "PUT" | "POST" | "DELETE" | "OPTIONS" | "ANY";

/** What an answer with some status is. */
export interface ReplyShape {
	readonly description: string;
	/** Of its JSON. */
	readonly schema?: TSchema;
	/** Media type of what is not JSON; without it and `schema` there is no content. */
	readonly type?: string;
	/** Header fields that come with it. */
	readonly fields?: readonly string[];
}

/** By status. */
export type Replies = Readonly<Record<number, ReplyShape>>;

/** A request a route has to answer. */
export interface RouteContext {
	readonly call: Call;
	/** Of the path. */
	readonly params: Readonly<Record<string, string>>;
	readonly visitor: Visitor;
	/** Whether the admin who asked still is one, and still logged in. */
	stillMay(): boolean;
	/** Whether an admin asks, on a route that is not for admins only. */
	isAdmin(): Promise<boolean>;
	/** Who is logged in, on a route for accounts; undefined: no one. It never follows from logins being off. */
	account(): Account | undefined;
	/** Logging in and out with this request, on a route for accounts. */
	logins(): AccountLogins;
	/** Reads the body of a route that declares none, once. */
	readonly body: BodySource;
}

/**
 * Reads a body within the server's limits of size, time and memory: those for callers without a login are tight, and
 * the gate, not the route, says what the caller is.
 */
export interface BodySource {
	/** Whether the request has one. */
	readonly isThere: boolean;
	/** As a JSON object. @throws BodyError */
	json(): Promise<Body>;
	/** As text in UTF-8, whatever its type is said to be. @param maxBytes Of it, where the server takes more. @throws BodyError */
	text(maxBytes: number): Promise<string>;
	/** As a form of any encoding, files included. @throws BodyError */
	form(): Promise<FormFields>;
}

/** A route as the OpenAPI document has it. */
export type DescribedRoute = Omit<RouteBase, "describes">;

interface RouteBase {
	readonly method: Method;
	/** Such as `/api/functions/{digest}`, or `/api/*`. A parameter `id` is a UUID, in lowercase. */
	readonly path: string;
	readonly summary: string;
	readonly who: Who;
	/**
	 * By which names it may be asked besides this server's own: `any`, since devices and supervisors ask that know it by a
	 * router's name, and there is nothing for a page that uses DNS rebinding; `with-logins`, any while logins are on, since
	 * such a page has none. Routes of a device, of tokens and owners take any.
	 */
	readonly hosts?: "with-logins" | "any";
	readonly params?: Readonly<Record<string, TSchema>>;
	/** On a route for accounts: whether it also answers those who are not logged in. */
	readonly isOpen?: true;
	/** Whether the parameter `id` may be any text, and not only a UUID. */
	readonly anyId?: true;
	/** Of the part of the URL behind `?`. */
	readonly query?: TObject;
	readonly body?: TSchema;
	/** Whether the body may be left out. */
	readonly isBodyOptional?: true;
	/** How the body is sent; JSON unless said otherwise. */
	readonly bodyType?: "json" | "form" | "multipart";
	/** Answers besides those that follow from `who` and `body`. */
	readonly replies: Replies;
	/** What the log says when an admin used it. */
	readonly audit?: string;
	/** What it stands for, where it answers for many paths: the document has these in its place. */
	readonly describes?: readonly DescribedRoute[];
	/** How it says errors, where that is not as the contract of devices has it. */
	readonly refuse?: Refuse;
	/** Has another server answer, with the body as it came; undefined: this one does. */
	passOn?(context: RouteContext): Promise<Response | undefined>;
	/** Refuses visitors before the body is read. @throws AccessError */
	admit?(context: RouteContext): void;
}

/** Answers an error. @param fields Header fields that come with it. */
export type Refuse = (
	status: number,
	reason: string,
	fields?: Readonly<Record<string, string>>,
) => Response;

type Answer = Response | Promise<Response>;

/** An entry of a module's table, from which both the router and the OpenAPI document are made. */
export interface Route extends RouteBase {
	/** @param body Empty where the route has none. */
	answer(context: RouteContext, body: Body): Answer;
}

/** The routes of a module. */
export interface RouteTable {
	/** For messages about two modules that want the same route. */
	readonly module: string;
	readonly routes: readonly Route[];
}

/** Declares a route without a body. */
export function route(declared: RouteBase & { run(context: RouteContext): Answer }): Route {
	return { ...declared, answer: (context) => declared.run(context) };
}

/**
 * Declares a route with a body.
 * @param read Checks it in the module's own words; throws InputError.
 */
export function routeReading<B>(
	read: (body: Body) => B,
	declared: RouteBase & {
		readonly body: TSchema;
		run(context: RouteContext, body: B): Answer;
	},
): Route {
	return { ...declared, answer: (context, body) => declared.run(context, read(body)) };
}
