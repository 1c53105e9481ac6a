/** `--extension`: modules with kinds and figures from outside, loaded before a command runs. */
import type { Command } from 'commander';

/** Adds the flag to a command, or to those below it. Figures of the modules are left in its option `figures`. */
export function withExtensions(command: Command): Command {
  if (command.commands.length > 0) command.commands.forEach(withExtensions);
  return command
    .option(
      '--extension <module>',
      'a JavaScript module with kinds of code, loss, penalty, corruption or layer, or with figures; may be repeated',
      (module: string, before: string[] = []) => [...before, module],
    )
    .hook('preAction', async (_, acting) => {
      if (acting !== command) return;
      const { extension } = acting.opts<{ extension?: string[] }>();
      if (extension === undefined) return;
      acting.setOptionValue('extension', undefined);
      const { loadModules } = await import('../api.ts');
      const figures = await loadModules(extension);
      if (figures.length > 0) acting.setOptionValue('figures', figures);
    });
}
