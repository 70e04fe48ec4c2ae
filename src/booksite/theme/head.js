document.documentElement.classList.add("js");try{const t=JSON.parse(localStorage.getItem("embook")).theme;if(t)document.documentElement.dataset.theme=t}catch{}
