/** The studio's page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { findHost } from './host/find-host.ts';

const root = document.querySelector('#studio')!;
try {
  const host = await findHost();
  root.replaceChildren();
  render(<App host={host} />, root);
} catch (error) {
  root.replaceChildren(
    Object.assign(document.createElement('p'), {
      className: 'failed',
      textContent: `The studio could not start: ${error instanceof Error ? error.message : String(error)}`,
    }),
  );
  throw error;
}
