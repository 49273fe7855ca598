import { Dialog } from "../kit/dialog.tsx";
import { joinIn } from "../project/open-project.ts";
import { Monitor, type MonitorProps } from "./monitor.tsx";
import { monitorTexts } from "./words.ts";

interface MonitorDialogProps extends MonitorProps {
	readonly onClose: () => void;
}

/** The monitor of a join over the page. */
export default function MonitorDialog({ onClose, ...props }: MonitorDialogProps) {
	const { title, gone } = monitorTexts.value;
	const join = joinIn(props.project.document.value, props.naId);
	return (
		<Dialog title={title(join?.na_name ?? "")} size="wide" onClose={onClose}>
			{join === undefined ? <p>{gone}</p> : <Monitor {...props} />}
		</Dialog>
	);
}
