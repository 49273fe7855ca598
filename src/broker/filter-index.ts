import { hasWildcard } from "../kit/mod.ts";

interface Node<T> {
	/** By level; `+` and `#` stand for themselves. */
	readonly children: Map<string, Node<T>>;
	readonly values: Set<T>;
}

const newNode = <T>(): Node<T> => ({ children: new Map(), values: new Set() });

/** What is to be found by topic: values under topic filters (`MQTT 3.1.1 §4.7`), as a tree of their levels. */
export class FilterIndex<T> {
	readonly #exact = new Map<string, Set<T>>();
	readonly #root = newNode<T>();

	add(filter: string, value: T): void {
		if (!hasWildcard(filter)) {
			this.#exact.set(filter, (this.#exact.get(filter) ?? new Set()).add(value));
			return;
		}
		let node = this.#root;
		for (const level of filter.split("/")) {
			const next = node.children.get(level) ?? newNode<T>();
			node.children.set(level, next);
			node = next;
		}
		node.values.add(value);
	}

	delete(filter: string, value: T): void {
		if (hasWildcard(filter)) {
			prune(this.#root, filter.split("/"), 0, value);
			return;
		}
		const values = this.#exact.get(filter);
		values?.delete(value);
		if (values?.size === 0) this.#exact.delete(filter);
	}

	/** Values of all filters a topic fits. */
	matching(topic: string): T[] {
		const found = [...(this.#exact.get(topic) ?? [])];
		if (this.#root.children.size > 0) collect(this.#root, topic.split("/"), 0, found);
		return found;
	}
}

function collect<T>(node: Node<T>, levels: readonly string[], n: number, found: T[]): void {
	const level = levels[n];
	// Wildcards do not reach topics of the broker itself (`MQTT 3.1.1 §4.7.2`).
	if (n > 0 || level?.startsWith("$") !== true) {
		const rest = node.children.get("#");
		if (rest !== undefined) found.push(...rest.values);
		const any = node.children.get("+");
		if (any !== undefined && level !== undefined) collect(any, levels, n + 1, found);
	}
	if (level === undefined) {
		found.push(...node.values);
		return;
	}
	const next = node.children.get(level);
	if (next !== undefined) collect(next, levels, n + 1, found);
}

/** Takes a value out, and the branches that are empty then. @returns whether the node is. */
function prune<T>(node: Node<T>, levels: readonly string[], n: number, value: T): boolean {
	const level = levels[n];
	if (level === undefined) node.values.delete(value);
	else {
		const next = node.children.get(level);
		if (next !== undefined && prune(next, levels, n + 1, value)) node.children.delete(level);
	}
	return node.values.size === 0 && node.children.size === 0;
}
