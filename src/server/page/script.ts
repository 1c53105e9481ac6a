/** What the page does beyond its forms: dropping files, and results in place. Plain JavaScript for browsers. */
export const SCRIPT = `
for (const form of document.querySelectorAll('form.drop')) {
  const input = form.querySelector('input[type=file]');
  const said = form.querySelector('.said');
  const results = form.querySelector('.results');
  const ask = async (action, verb) => {
    said.textContent = verb + ' …';
    try {
      const response = await fetch(action, { method: 'POST', body: new FormData(form) });
      if (!response.ok) {
        const problem = await response.json();
        said.textContent = problem.title + ': ' + problem.detail;
        return;
      }
      said.textContent = '';
      const figure = document.createElement('figure');
      const image = document.createElement('img');
      image.src = URL.createObjectURL(await response.blob());
      image.alt = verb + ' of ' + input.files.length + ' pictures';
      const caption = document.createElement('figcaption');
      caption.textContent = verb;
      figure.append(image, caption);
      results.prepend(figure);
    } catch {
      said.textContent = 'The service did not answer.';
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = event.submitter || form.querySelector('button');
    ask(button.formAction, button.textContent);
  });
  form.addEventListener('dragover', (event) => {
    event.preventDefault();
    form.classList.add('over');
  });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    form.classList.remove('over');
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit(form.querySelector('button'));
  });
}
`;
