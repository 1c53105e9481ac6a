import { Command } from 'commander';
import { coloursOf } from './colours.ts';
import { say, sayJson } from './output.ts';
import { widthOf, wrap } from './table.ts';

const HELP = `
Examples:
  hourglass recipes                     the recipes that come with hourglass, and what each is for
  hourglass recipes stacked             one recipe, with every default
  hourglass recipes stacked > my.json   the start of your own: edit it, then 'hourglass train my.json'
  hourglass recipes --schema            the JSON Schema of a recipe, for an editor`;

export function recipesCommand(): Command {
  return new Command('recipes')
    .description('list the recipes, or print one')
    .argument('[recipe]', "a recipe's name or a .json file")
    .option('--schema', 'print the JSON Schema of a recipe')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', HELP)
    .action(async (name: string | undefined, flags: { schema?: boolean; json?: boolean }) => {
      const { loadRecipe, recipeJsonSchema, recipeNames } = await import('../api.ts');
      const print = (value: unknown) => sayJson(value);
      if (flags.schema) return print(recipeJsonSchema());
      if (name !== undefined) return print(loadRecipe(name));
      const recipes = recipeNames().map((each) => loadRecipe(each));
      if (flags.json) return print(recipes.map(({ name, why, reference }) => ({ name, why, reference })));
      const colours = coloursOf(process.stdout);
      const width = Math.min(96, widthOf(process.stdout) - 2);
      for (const recipe of recipes) {
        say(colours.bold(recipe.name));
        for (const line of wrap(recipe.why, width)) say(`  ${line}`);
        if (recipe.reference !== undefined) {
          for (const line of wrap(`Reference: ${recipe.reference}`, width)) say(colours.dim(`  ${line}`));
        }
      }
    });
}
