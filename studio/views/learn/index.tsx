/** The tours. The steps of the one that is being taken are shown above every view. */
import { goTo, place } from './place.ts';
import { TOURS } from './tours/index.ts';

export function Learn() {
  const at = place.value;
  return (
    <div class="learn">
      <h2>Learn</h2>
      <p>
        Each tour trains small models on 10,000 handwritten digits and shows what they learned, in the same
        views that you use for your own. You can leave a tour at any step; its place is in the address, so a
        bookmark brings you back.
      </p>
      <ul class="tours">
        {TOURS.map((tour) => {
          const isTaken = at?.tour.id === tour.id;
          const words = isTaken ? 'You are taking it' : `Start (${tour.steps.length} steps)`;
          return (
            <li key={tour.id}>
              <h3>{tour.title}</h3>
              <p>{tour.about}</p>
              <button
                type="button"
                disabled={isTaken}
                aria-label={`${words}: ${tour.title}`}
                onClick={() => {
                  goTo({ tour, step: 0, runs: {} });
                  scrollTo(0, 0);
                }}
              >
                {words}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
