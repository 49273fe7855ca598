import type { Logger } from "../kit/mod.ts";
import { CallGuard } from "../mqtt/mod.ts";
import { Admission } from "./admission.ts";
import { AedesHooks } from "./aedes-hooks.ts";
import { Connections } from "./connections.ts";
import { Distribution } from "./distribution.ts";
import type { EmbeddedBrokerOptions } from "./embedded-options.ts";
import { FastPath } from "./fast-path.ts";
import { KeptSessions } from "./kept-sessions.ts";
import { type Authority, Login } from "./login.ts";
import { MemoryPersistence } from "./memory-persistence.ts";
import { OwnPublisher } from "./own-publisher.ts";
import { OwnSubscriptions } from "./own-subscriptions.ts";
import { PageOwners } from "./page-owners.ts";
import { Retained, type RetainedDisk } from "./retained.ts";
import { Revocations } from "./revocations.ts";
import { type Reader, Routes } from "./routes.ts";
import { SessionDelivery } from "./session-delivery.ts";
import { NO_SESSION_DISK, type SessionDisk } from "./session-disk.ts";
import { SubscriptionLimits } from "./subscription-limits.ts";
import { SystemTopics } from "./system-topics.ts";
import { TopicRights } from "./topic-rights.ts";

export interface BrokerPartsDeps {
	readonly disk: RetainedDisk;
	/** Without one, persistent sessions end with the broker. */
	readonly sessionDisk?: SessionDisk;
	readonly authority: Authority;
	readonly log: Logger;
}

/** What the built-in broker consists of, but for its listeners. */
export type BrokerParts = ReturnType<typeof buildParts>;

/** Builds the parts and connects them; nothing runs yet. */
export function buildParts(options: EmbeddedBrokerOptions, deps: BrokerPartsDeps) {
	const { disk, sessionDisk = NO_SESSION_DISK, authority, log } = deps;
	const guard = new CallGuard(log);
	const admission = new Admission(options.admission, log);
	const limits = new SubscriptionLimits(options.subscriptions);
	const retained = new Retained(options.retained, disk, log);
	const persistence = new MemoryPersistence(options.sessions, retained, log);
	const connections = new Connections();
	const login = new Login(authority, (clientId) => persistence.hasSession(clientId));
	const pages = new PageOwners((topic) => routes.ownerChanged(topic));
	const routes = new Routes({
		pages,
		sessionFilters: persistence.filters,
		handlersOf: (topic) => subscriptions.of(topic),
	});
	const base = { login, limits, connections, persistence, routes, pages, guard, log };
	const rights = new TopicRights({ authority, retained, ...base });
	const system = new SystemTopics(
		() => figuresOf({ hooks, persistence, fastPath, distribution, retained, limits }),
		(message) => distribution.deliver({ ...message, retain: true }),
	);
	const systemMessages = (filter: string) => system.matching(filter);
	const onChange = (filter: string) => routes.handlersChanged(filter);
	const subscriptions = new OwnSubscriptions({ guard, retained, systemMessages, onChange });
	const publisher = new OwnPublisher(() => hooks.aedes);
	const { queues } = persistence;
	const sessionDelivery: SessionDelivery = new SessionDelivery({
		queues,
		mayHear: (client, topic) => rights.mayHear(client, topic),
		onRoom: guard.callback("resume", (reader: Reader) => sessionDelivery.goOn(reader)),
	});
	const distribution = new Distribution({
		routes,
		queues,
		sessionDelivery,
		retained,
		systemMessages,
		userOf: ({ clientId, payload }) =>
			clientId ? login.nameOf(clientId) : publisher.userOf(payload),
		isPrivate: (topic) => pages.isPrivate(topic),
		connectionOf: (payload) => connections.publisherOf(payload),
	});
	const fastPath = new FastPath(routes, distribution);
	persistence.filters.onChange = () => routes.sessionsChanged();
	persistence.onQueue = (sessions, packet) => distribution.enqueue(sessions, packet);
	const hookDeps = { admission, rights, fastPath, distribution, sessionDelivery, ...base };
	const hooks: AedesHooks = new AedesHooks(options.connectTimeoutMs, hookDeps);
	const revocations = new Revocations({ rights, ...base });
	authority.onTaken((owner, filter) => revocations.grantTaken(owner, filter));
	const sessions = new KeptSessions({ persistence, login, disk: sessionDisk, log });
	return {
		guard,
		admission,
		limits,
		retained,
		connections,
		pages,
		fastPath,
		system,
		subscriptions,
		publisher,
		distribution,
		hooks,
		revocations,
		sessions,
	};
}

interface Counted {
	readonly hooks: AedesHooks;
	readonly persistence: MemoryPersistence;
	readonly fastPath: FastPath;
	readonly distribution: Distribution;
	readonly retained: Retained;
	readonly limits: SubscriptionLimits;
}

/** What the system topics say. */
function figuresOf(parts: Counted) {
	const { hooks, persistence, fastPath, distribution, retained, limits } = parts;
	return {
		connected: hooks.connectedClients,
		away: persistence.sessionsAway,
		received: hooks.received + fastPath.delivered,
		sent: distribution.sent + fastPath.sent,
		retained: retained.size,
		waiting: persistence.queues.size,
		subscriptions: limits.total,
	};
}
