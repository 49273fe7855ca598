import type { Aedes, AuthenticateError, Client, ConnectPacket } from "aedes";
import {
	type GrantTakenListener,
	nameOf,
	type Outcome,
	ownerOf,
	type Principal,
} from "../auth/mod.ts";
import { ClientStream } from "./client-stream.ts";

/** Logins and rights on the broker; `auth` implements it. */
export interface Authority {
	login(name: string, password: string, address: string): Promise<Outcome>;
	/** The login of a device only, also while logins are off. */
	deviceLogin(id: string, password: string, address: string): Outcome;
	/** Whether a login is still valid. */
	isCurrent(principal: Principal): boolean;
	/** Names a login, so that it is recognized after a restart, whatever its password is then. */
	remember(principal: Principal): string;
	/** The principal of a remembered login; undefined when there is none of that name any more. */
	recall(remembered: string): Principal | undefined;
	mayPublish(principal: Principal, topic: string): boolean;
	maySubscribe(principal: Principal, filter: string): boolean;
	/** Tells of every right to subscribe that is taken while the broker runs. */
	onTaken(listener: GrantTakenListener): void;
}

interface Owned {
	/** The owner of its sessions, as `ownerOf` names it. */
	readonly owner: string;
	/** The name that logged in with it last. */
	name: string;
	/** The same for a restart. */
	remembered: string;
	connections: number;
}

const IDENTIFIER_REJECTED = 2;
const UNAVAILABLE = 3;
const BAD_LOGIN = 4;
const MAX_OWNERS = 20_000;

/**
 * Which clients are connected, and by which login. A client id belongs to the owner that uses it first: another device
 * that connects with it could disconnect the first one and take over its session.
 */
export class Login {
	readonly #authority: Authority;
	readonly #hasSession: (clientId: string) => boolean;
	readonly #withoutIdentity = new WeakSet<Client>();
	/** Kept until a client is forgotten altogether: its will is published after it has left. */
	readonly #principals = new WeakMap<Client, Principal>();
	/** By owner. */
	readonly #connected = new Map<string, Set<Client>>();
	readonly #owners = new Map<string, Owned>();

	/** @param hasSession Whether a persistent session waits under a client id. */
	constructor(authority: Authority, hasSession: (clientId: string) => boolean) {
		this.#authority = authority;
		this.#hasSession = hasSession;
	}

	/** What aedes calls at each CONNECT. */
	readonly hooks: Pick<Aedes, "authenticate"> = {
		authenticate: (client, name, password, done) => {
			this.#authenticate(client, name ?? "", password?.toString() ?? "").then(
				(refusal) => (refusal === undefined ? done(null, true) : done(refusal, false)),
				() => done(refusalOf(UNAVAILABLE, "login failed inside the server"), false),
			);
		},
	};

	/** Looks at a CONNECT, before its login. */
	connecting(client: Client, packet: ConnectPacket): void {
		// A page could evict the sessions of programs, with a thousand client ids.
		if (isForeignPage(client)) packet.clean = true;
		// MQTT-3.1.3-8: a persistent session needs a client id to resume it with.
		if (packet.clientId === "" && packet.clean === false) this.#withoutIdentity.add(client);
	}

	/** The principal of a connected client; undefined before its login. */
	of(client: Client): Principal | undefined {
		return this.#principals.get(client);
	}

	/** The name a client id logged in with, for audit lines. */
	nameOf(clientId: string | null): string | null {
		return clientId === null ? null : (this.#owners.get(clientId)?.name ?? null);
	}

	/** The login a client id belongs to, as {@link Authority} remembers it. */
	rememberedOf(clientId: string): string | undefined {
		return this.#owners.get(clientId)?.remembered;
	}

	/** Gives a client id back to a remembered login. @returns false when that is gone. */
	restore(clientId: string, remembered: string): boolean {
		const principal = this.#authority.recall(remembered);
		if (principal === undefined) return false;
		const owner = ownerOf(principal);
		const names = { name: nameOf(principal), remembered: this.#authority.remember(principal) };
		this.#owners.set(clientId, { owner, ...names, connections: 0 });
		return true;
	}

	/** Connected clients of one owner. */
	clientsOf(owner: string): readonly Client[] {
		return [...(this.#connected.get(owner) ?? [])];
	}

	/** Whether a client id belongs to an owner; its client may be away. */
	isOwnedBy(clientId: string, owner: string): boolean {
		return this.#owners.get(clientId)?.owner === owner;
	}

	/** Whether the login a client id belongs to may hear a topic now. */
	mayHear(clientId: string, topic: string): boolean {
		const remembered = this.#owners.get(clientId)?.remembered;
		const principal = remembered === undefined ? undefined : this.#authority.recall(remembered);
		return principal !== undefined && this.#authority.maySubscribe(principal, topic);
	}

	/** Client ids whose login no longer exists, of one owner or of all. */
	orphans(owner?: string): string[] {
		const gone: string[] = [];
		// Admins have many clients.
		const isGone = new Map<string, boolean>();
		for (const [clientId, { owner: own, remembered }] of this.#owners) {
			if (owner !== undefined && own !== owner) continue;
			const known = isGone.get(remembered) ?? this.#authority.recall(remembered) === undefined;
			isGone.set(remembered, known);
			if (known) gone.push(clientId);
		}
		return gone;
	}

	/** Connected clients whose login is no longer valid, of one owner or of all. */
	revoked(owner?: string): Client[] {
		const groups =
			owner === undefined ? this.#connected.values() : [this.#connected.get(owner) ?? []];
		return [...groups].flatMap((clients) =>
			[...clients].filter((client) => {
				const principal = this.#principals.get(client);
				return principal !== undefined && !this.#authority.isCurrent(principal);
			}),
		);
	}

	/** The client is gone. */
	left(client: Client): void {
		const principal = this.#principals.get(client);
		if (principal === undefined) return;
		const owner = ownerOf(principal);
		const clients = this.#connected.get(owner);
		if (clients?.delete(client) !== true) return;
		if (clients.size === 0) this.#connected.delete(owner);
		const owned = this.#owners.get(client.id);
		if (owned?.owner !== owner) return;
		owned.connections -= 1;
		if (!this.#isTaken(client.id, owned)) this.#owners.delete(client.id);
	}

	async #authenticate(
		client: Client,
		user: string,
		password: string,
	): Promise<AuthenticateError | undefined> {
		if (this.#withoutIdentity.has(client)) {
			return refusalOf(IDENTIFIER_REJECTED, "identifier rejected");
		}
		const { conn } = client;
		const address = conn instanceof ClientStream ? conn.remoteAddress : "";
		const isPage = isForeignPage(client);
		const outcome = isPage
			? this.#authority.deviceLogin(user, password, address)
			: await this.#authority.login(user, password, address);
		if (outcome.kind === "slow") return refusalOf(UNAVAILABLE, "too many failed logins");
		if (outcome.kind === "refused") return refusalOf(BAD_LOGIN, "bad user name or password");
		// The project manager acts for people: they have no login here.
		if (outcome.kind === "person") return refusalOf(BAD_LOGIN, "people have no login on MQTT");
		if (client.closed)
			return refusalOf(UNAVAILABLE, "the client disconnected before its login was checked");
		// A page must neither disconnect a program nor block it by taking its client id first.
		if (isPage) client.id = `page ${ownerOf(outcome)} ${client.id}`;
		const owner = ownerOf(outcome);
		const known = this.#owners.get(client.id);
		if (known !== undefined && known.owner !== owner && this.#isTaken(client.id, known)) {
			return refusalOf(IDENTIFIER_REJECTED, `the client id belongs to ${known.owner}`);
		}
		const names = { name: nameOf(outcome), remembered: this.#authority.remember(outcome) };
		const owned = known?.owner === owner ? known : { owner, ...names, connections: 0 };
		Object.assign(owned, names);
		owned.connections += 1;
		this.#owners.set(client.id, owned);
		this.#principals.set(client, outcome);
		this.#connected.set(owner, (this.#connected.get(owner) ?? new Set()).add(client));
		this.#tidy();
		return undefined;
	}

	#isTaken(clientId: string, { connections }: Owned): boolean {
		return connections > 0 || this.#hasSession(clientId);
	}

	/** Sessions that were evicted leave their owners behind. */
	#tidy(): void {
		if (this.#owners.size <= MAX_OWNERS) return;
		for (const [clientId, owned] of this.#owners) {
			if (!this.#isTaken(clientId, owned)) this.#owners.delete(clientId);
		}
	}
}

function isForeignPage({ conn }: Client): boolean {
	return conn instanceof ClientStream && conn.isForeignPage;
}

function refusalOf(returnCode: number, message: string): AuthenticateError {
	return Object.assign(new Error(message), { returnCode });
}
