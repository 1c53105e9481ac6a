/** The entry of a helper's worker. */
import { serveHelper } from './engine/serve-helper.ts';
import { announceLife } from './life.ts';

const scope = self;
scope.onmessage = ({ data }) => void serve(data);
const serve = serveHelper((message, moved) => scope.postMessage(message, moved));
announceLife((message) => scope.postMessage(message));
