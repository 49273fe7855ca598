import { Type } from "@sinclair/typebox";
import type { Account } from "../../auth/mod.ts";
import type { RouteContext } from "../../http/mod.ts";

/** What a new account is asked for. */
export interface NewAccount {
	readonly username: string;
	readonly password: string;
	/** A registration code. */
	readonly code?: string | undefined;
}

/** The making of accounts by the people they are for. */
export interface Registration {
	/**
	 * Makes an account, of a teacher, if the rules allow it to this request.
	 * @throws Refusal 400: the name is taken or not allowed, 403: registration is closed to this request.
	 */
	register(context: RouteContext, account: NewAccount): Promise<Account>;
	/** Whether a request could make an account: by itself, with a code, or not. */
	modeFor(context: RouteContext): "open" | "code" | "closed";
}

/** What the set-up page sends. */
export interface SetupRequest {
	readonly key: string;
	readonly name: string;
	readonly password: string;
	/** Who is to reach the server: only this computer, or everyone in the network. */
	readonly reach: "local" | "network";
}

/** What became of it, for people to read. */
export interface SetupDone {
	/** Where the server is reached from now on. */
	readonly addresses: readonly string[];
	/** A registration token, when devices need one from now on, and the address that has it. */
	readonly token?: string | undefined;
	readonly token_address?: string | undefined;
	/** Devices that need a login from now on. */
	readonly devices: number;
	/** What is left for people to do, as the line of an ini to change. */
	readonly todo?: string | undefined;
}

/** `SetupDone` as an answer: to the set-up page, and to who opens the server to the network later. */
export const SetupAnswer = Type.Object({
	state: Type.Literal("ok"),
	addresses: Type.Array(Type.String(), { description: "Where the server is reached." }),
	devices: Type.Integer({ description: "Devices that need a login from now on." }),
	token: Type.Optional(Type.String({ description: "A registration token for devices." })),
	token_address: Type.Optional(Type.String()),
	todo: Type.Optional(Type.String({ description: "What the server could not do itself." })),
});

/** The making of the first administrator. */
export interface AdminSetup {
	/** Whether there is no administrator yet. */
	readonly isNeeded: boolean;
	/** A new one-use key, for the command line of this machine. @throws Refusal 409: there is an administrator. */
	drawKey(): string;
	/**
	 * Makes the first administrator with the one-use key.
	 * @throws Refusal 403: the key is wrong, used or expired; 400: name or password is not allowed.
	 */
	run(
		context: RouteContext,
		request: SetupRequest,
	): Promise<{ readonly account: Account; readonly done: SetupDone }>;
}
