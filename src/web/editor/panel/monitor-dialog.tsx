import { Dialog } from "../kit/dialog.tsx";
import type { MonitorProps } from "../monitor/monitor.tsx";
import { joinIn } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import { LazyPart } from "./lazy-part.tsx";

interface MonitorDialogProps extends MonitorProps {
	readonly onClose: () => void;
}

const load = async () => (await import("../monitor/monitor.tsx")).Monitor;

/** The monitor of a join over the page. */
export function MonitorDialog({ onClose, ...props }: MonitorDialogProps) {
	const { title, gone, failed } = texts.value.monitor;
	const join = joinIn(props.project.document.value, props.naId);
	return (
		<Dialog title={title(join?.na_name ?? "")} size="wide" onClose={onClose}>
			{join === undefined ? <p>{gone}</p> : <LazyPart {...{ load, props, failed }} />}
		</Dialog>
	);
}
