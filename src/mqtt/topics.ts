/** Whether a filter stands for more topics than one. */
export function hasWildcard(filter: string): boolean {
	return filter.includes("+") || filter.includes("#");
}

/** Whether a message may be published to it (`MQTT 3.1.1 §3.3.2.1`, `§4.7.3`). */
export function isTopic(topic: string): boolean {
	return topic !== "" && !hasWildcard(topic) && !topic.includes("\0");
}

/** Whether it may be subscribed to (`MQTT 3.1.1 §4.7.1`, `§4.7.3`): a wildcard is alone in its level, `#` the last one. */
export function isFilter(filter: string): boolean {
	if (filter === "" || filter.includes("\0")) return false;
	if (!hasWildcard(filter)) return true;
	const levels = filter.split("/");
	return levels.every((level, n) => {
		if (level === "#") return n === levels.length - 1;
		return level === "+" || !hasWildcard(level);
	});
}

/** Whether a topic fits a subscription's filter with `+` and `#` (`MQTT 3.1.1 §4.7`). */
export function topicMatches(filter: string, topic: string): boolean {
	const wanted = filter.split("/");
	const levels = topic.split("/");
	// Wildcards do not reach topics of the broker itself.
	if (topic.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
	for (const [index, level] of wanted.entries()) {
		if (level === "#") return true;
		if (index >= levels.length || (level !== "+" && level !== levels[index])) return false;
	}
	return wanted.length === levels.length;
}
