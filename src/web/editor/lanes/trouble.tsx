import { Icon } from "../kit/icons.tsx";
import { readFailure } from "../panel/failure-text.ts";
import { useExplained } from "../panel/use-explained.ts";
import { texts } from "../texts/texts.ts";

/** What Python's reasons begin or end with, unlike those of CSM. */
const OF_PYTHON = /^(Traceback|\w*(Error|Exception|Interrupt)\b)/m;

interface TroubleProps {
	/** In the words of CSM or of Python. */
	readonly reason: string;
	/** Of the join, where the place does not say it. */
	readonly name?: string;
	readonly onClick: () => void;
}

/** Why nothing comes through, where it is; the panel says more. */
export function Trouble({ reason, name, onClick }: TroubleProps) {
	const { lanes: t } = texts.value;
	const isPython = OF_PYTHON.test(reason);
	const explain = useExplained(isPython);
	const { message, line } = readFailure(reason);
	const place = [name, line !== undefined && t.line(line)].filter(Boolean).join(t.and);
	const explained = isPython ? explain?.(reason).what : undefined;
	const text = explained ?? message;
	return (
		<button type="button" class="lanes-trouble" title={reason} onClick={onClick}>
			<Icon name="warning" />
			<span>
				{place === "" ? text : t.troubleAt(place, text)}{" "}
				{explained !== undefined && <code lang="en">{message}</code>}
			</span>
		</button>
	);
}
