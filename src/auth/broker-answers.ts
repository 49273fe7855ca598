import { isMonitorTopic, type TopicQuestion, type TopicUse } from "../contract/mod.ts";
import { hasWildcard } from "../kit/mod.ts";
import type { Auth } from "./auth.ts";
import { plainName } from "./names.ts";
import type { Failure } from "./outcome.ts";
import { isUnrestricted, LOCAL, type Principal } from "./principal.ts";
import type { SharedSecret } from "./shared-secret.ts";
import type { StoredDevices } from "./stored-devices.ts";
import type { TopicGrant, TopicGrants } from "./topic-grants.ts";

/** The login of this server itself at the broker that asks. */
interface OwnLogin {
	readonly username: string;
	readonly password: Pick<SharedSecret, "refuse">;
}

interface BrokerAnswersDeps {
	readonly auth: Pick<Auth, "login" | "named">;
	readonly grants: Pick<TopicGrants, "mayPublish" | "maySubscribe">;
	/** Undefined: it needs none there, or has another way in. */
	readonly own: OwnLogin | undefined;
	/** Links that other nodes of a cluster know of; undefined: the server is alone. */
	readonly stored?: Pick<StoredDevices, "mayUse"> | undefined;
}

/** What this server may do at a broker. */
const OWN = LOCAL;

/**
 * Answers another program's broker as the built-in broker decides itself (`csm.md §8.1`). What that knows of a
 * connection, this does not: a name stands for its login, which the broker has checked here.
 */
export class BrokerAnswers {
	readonly #deps: BrokerAnswersDeps;
	readonly #counts = new Map<string, number>([
		["login allowed", 0],
		["login denied", 0],
		["topic allowed", 0],
		["topic denied", 0],
	]);

	constructor(deps: BrokerAnswersDeps) {
		this.#deps = deps;
	}

	/** Answers so far, by what was asked and answered. */
	get counts(): ReadonlyMap<string, number> {
		return this.#counts;
	}

	/**
	 * Whether a client may connect.
	 * @param address The client's, or the broker's where that does not say: after too many failures it has to wait.
	 * @throws StorageError when the database of a cluster does not answer.
	 */
	async mayConnect(
		name: string,
		password: string,
		address: string,
	): Promise<boolean | Extract<Failure, { kind: "slow" }>> {
		const answer = await this.#mayConnect(name, password, address);
		this.#count("login", answer === true);
		return answer;
	}

	/** Whether someone of that name may do all that is asked. @throws StorageError when the database of a cluster does not answer. */
	async allows({ name, uses, topic }: TopicQuestion): Promise<boolean> {
		const isAllowed =
			uses !== undefined && (this.#isOwn(name) || (await this.#mayUse(name, uses, topic)));
		return this.#count("topic", isAllowed);
	}

	async #mayConnect(name: string, password: string, address: string) {
		const { auth, own } = this.#deps;
		const outcome =
			own !== undefined && this.#isOwn(name)
				? (own.password.refuse(password, address) ?? OWN)
				: await auth.login(name, password, address);
		if (outcome.kind === "slow") return outcome;
		return outcome.kind !== "refused" && mayComeIn(outcome);
	}

	async #mayUse(name: string, uses: readonly TopicUse[], topic: string): Promise<boolean> {
		const principal = await this.#deps.auth.named(name);
		if (principal === undefined || !mayComeIn(principal)) return false;
		for (const use of uses) {
			const isAllowed =
				use === "publish"
					? isPublished(topic, principal) && (await this.#may(principal, "publish", topic))
					: await this.#may(principal, "subscribe", topic);
			if (!isAllowed) return false;
		}
		return true;
	}

	async #may(principal: Principal, access: TopicGrant["access"], filter: string): Promise<boolean> {
		const { grants, stored } = this.#deps;
		const isGranted =
			access === "publish"
				? grants.mayPublish(principal, filter)
				: grants.maySubscribe(principal, filter);
		if (isGranted || stored === undefined) return isGranted;
		// Another node has told the page of it: no one else knows its name.
		if (principal.kind === "page") return access === "subscribe" && isMonitorTopic(filter);
		if (principal.kind !== "device") return false;
		return await stored.mayUse(principal.id, { access, filter });
	}

	/** An account of that name would have all rights: this login comes first. */
	#isOwn(name: string): boolean {
		const { own } = this.#deps;
		return own !== undefined && plainName(name) === plainName(own.username);
	}

	#count(what: "login" | "topic", isAllowed: boolean): boolean {
		const key = `${what} ${isAllowed ? "allowed" : "denied"}`;
		this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
		return isAllowed;
	}
}

/** What begins with $ is the broker's own, but a service looks there whether the broker still works. */
function isPublished(topic: string, principal: Principal): boolean {
	return !hasWildcard(topic) && (!topic.startsWith("$") || !isUnrestricted(principal));
}

/** The project manager acts for people: they have no login on MQTT. */
function mayComeIn({ kind }: Principal): boolean {
	return kind !== "person";
}
