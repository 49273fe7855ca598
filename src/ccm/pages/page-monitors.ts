import type { AttachedPage, PageMonitor } from "./attached-page.ts";
import type { PageApiDeps } from "./page-ports.ts";

/** Joins one page watches; beyond these the one it opened first ends. */
const MAX_PER_PAGE = 16;

/** Monitor topics of pages: begun on demand, ended with the page. */
export class PageMonitors {
	readonly #deps: Pick<PageApiDeps, "hold" | "grant" | "revoke">;

	constructor(deps: Pick<PageApiDeps, "hold" | "grant" | "revoke">) {
		this.#deps = deps;
	}

	/**
	 * Has a join monitored for a page.
	 * @param tell Hears the topic, and again whenever it is another one; empty: monitoring is not available.
	 */
	open(page: AttachedPage, naId: number, tell: (topic: string) => void): void {
		const before = page.monitors.get(naId);
		const monitor: PageMonitor = { topic: undefined, end: () => {} };
		const onTopic = (topic: string | undefined) => {
			if (page.monitors.get(naId) !== monitor) return;
			if (topic === undefined) this.close(page, naId);
			else if (topic === monitor.topic) return;
			else this.#move(page, monitor, topic);
			tell(topic ?? "");
		};
		page.monitors.delete(naId);
		page.monitors.set(naId, monitor);
		monitor.end = this.#deps.hold(naId, onTopic);
		// The new one is there already: CSM goes on.
		if (before !== undefined) this.#end(page, before);
		const [oldest] = page.monitors.keys();
		if (page.monitors.size > MAX_PER_PAGE && oldest !== undefined) this.close(page, oldest);
	}

	/** Ends one. */
	close(page: AttachedPage, naId: number): void {
		const monitor = page.monitors.get(naId);
		page.monitors.delete(naId);
		if (monitor !== undefined) this.#end(page, monitor);
	}

	/** Ends all of a page. */
	closeAll(page: AttachedPage): void {
		for (const naId of [...page.monitors.keys()]) this.close(page, naId);
	}

	#move({ id }: AttachedPage, monitor: PageMonitor, topic: string): void {
		const { grant, revoke } = this.#deps;
		grant(id, topic);
		if (monitor.topic !== undefined) revoke(id, monitor.topic);
		monitor.topic = topic;
	}

	#end({ id }: AttachedPage, monitor: PageMonitor): void {
		if (monitor.topic !== undefined) this.#deps.revoke(id, monitor.topic);
		monitor.topic = undefined;
		monitor.end();
	}
}
